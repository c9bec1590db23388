"""What the benchmark measures, and what it measures against."""
