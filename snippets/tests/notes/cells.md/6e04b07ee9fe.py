import math
small = 0.1 + 0.2
small
