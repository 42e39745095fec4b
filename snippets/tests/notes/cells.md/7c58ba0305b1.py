# a helper that keeps
# its own history
def running_total():
    total = 0

    def add(value):
        nonlocal total
        total += value
        return total

    return add

add = running_total()
