"""Both passes as a teacher writes them: lines, steps, ledgers, exercises."""
