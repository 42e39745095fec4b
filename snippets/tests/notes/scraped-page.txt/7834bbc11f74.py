import logging, sys
handler = logging.StreamHandler(sys.stdout)
handler.setLevel(10)
