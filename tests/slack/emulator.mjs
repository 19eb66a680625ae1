// A Slack Web API on a free loopback port, seeded with the JSON of the first argument, until the standard input ends.
// The first line of the standard output is its port.
import { Server } from "node:net";
import { createEmulator } from "emulate";

const listen = Server.prototype.listen;
// emulate offers no host, and a port of 0 is to mean a free one
Server.prototype.listen = function () {
  return listen.call(this, { host: "127.0.0.1", port: 0 }, () => console.log(this.address().port));
};

await createEmulator({ service: "slack", port: 0, seed: { slack: JSON.parse(process.argv[2]) } });
process.stdin.on("end", () => process.exit()).resume();
