"""Names and sentences for the people in seeded and live worlds."""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    "Ann Example", "Bo Lindqvist", "Carla Moretti", "Dimitri Papadakis", "Eve Okafor", "Farid Haddad",
    "Giulia Bianchi", "Hannah Schröder", "Ivan Петров", "Jürgen Weiß", "Kateřina Nováková", "Léa Dubois",
    "Mateus Conceição", "Nguyễn Thị Lan", "Øyvind Håkonsen", "Paweł Wiśniewski", "Quinn O'Brien", "Rosa Núñez",
    "Siobhán Ní Dhomhnaill", "Tomás García", "Ümit Yıldız", "Vera Смирнова", "Wei 王伟", "Ximena Peña",
    "Yuki 田中", "Zoë van den Berg", "محمد علي", "فاطمة الزهراء", "שרה כהן", "דוד לוי", "김민준", "अनन्या शर्मा",
    "สมชาย ใจดี", "José-María de la Cruz y Ramírez de Arellano", "Li", "🌸 Sakura 🌸", "Ann  Double  Space",
    "<!channel> Bargains", "*Bold* _Name_", "Anna & Söhne GmbH <info@example.com>",
)  # fmt: skip

QUESTIONS: Final = (
    "hello, is this still available?", "Hi! What are your opening hours?", "Do you ship to Norway?",
    "My order 20931 hasn't arrived yet", "Wie lange dauert die Lieferung?", "Habt ihr das auch in Größe 44?",
    "Buongiorno, quanto costa la spedizione?", "È possibile cambiare la taglia?",
    "Bonjour, vous êtes ouverts dimanche ?",
    "Hola, ¿tienen esto en rojo?", "Czy można płacić przy odbiorze?", "Здравствуйте, есть ли в наличии?",
    "مرحبا، هل هذا متوفر؟", "שלום, יש לכם משלוח לחיפה?", "こんにちは、在庫はありますか?",
    "안녕하세요, 교환 가능한가요?",
    "नमस्ते, क्या यह उपलब्ध है?", "😍😍😍", "Thanks! 🙏", "👨‍👩‍👧‍👦 family ticket?", "ok", "?",
    "Can I pay by card?\nOr only cash?", "I love it! ❤️ When is the next sale?",
    "Sorry to bother you again, but the parcel says delivered and I have looked everywhere: with the neighbours, "
    "behind the shed, in the bin. Could you please ask the carrier for the photo they take?",
)  # fmt: skip

ANSWERS: Final = (
    "Hi! Yes, it is.", "Thanks for writing, I'll have a look.", "We ship everywhere in Europe, 3 to 5 days.",
    "Hallo! Ja, haben wir noch da.", "Ciao! Certo, la spedizione è gratuita.", "We're open from 9 to 18, Sunday too.",
    "Could you send me the order number?", "Done, you'll get a mail in a minute. 🙂",
)  # fmt: skip

SPAM: Final = (
    "get 10k followers now for only $9", "Your Page will be disabled! Verify at http://evil.example/verify",
    "Make $5000 a week from home 💰💰💰", "Hello dear, I have a business proposal for you",
    "<!channel> everyone look at this", "*FREE* iPhone [click](http://evil.example)", "<@U012345> hi",
    "Increase your sales with our SEO package", "🔥🔥🔥 CRYPTO SIGNALS 🔥🔥🔥", "كسب المال من المنزل",
    "<b>Win</b> a gift card <script>alert(1)</script>", "@room @here @channel cheap sunglasses",
)  # fmt: skip
