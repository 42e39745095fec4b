text = "one two"
text.title()
len(text.split())
