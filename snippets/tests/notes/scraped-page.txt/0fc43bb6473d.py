import logging.handlers
print(sorted(n for n in dir(logging.handlers) if n.startswith("R")))
