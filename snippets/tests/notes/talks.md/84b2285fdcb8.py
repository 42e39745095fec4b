from email.parser import Parser
text = "Name: parcel\nVersion: 1.2\n"
print(Parser().parsestr(text)["Version"])
