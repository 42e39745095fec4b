words = "b a c".split()
words.sort()  # in place, gives None!
print(words)
