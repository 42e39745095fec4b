import heapq

heap = [5, 1, 4]
heapq.heapify(heap)
assert heapq.heappop(heap) == 4
