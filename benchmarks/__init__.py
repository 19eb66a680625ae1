"""What err-inbox costs: `python -m benchmarks` measures and writes the figures of docs/benchmarks.md."""
