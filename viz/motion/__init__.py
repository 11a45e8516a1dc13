"""Both passes in time: frames, the step page, the terminal."""
