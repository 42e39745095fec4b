from collections import deque

line = deque(["ann", "bo"])
line.append("cy")
assert line.popleft() == "ann"
