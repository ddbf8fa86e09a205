"""The evaluator's commands, a module each: `register` adds it to the parser, `run` does it."""
