import sys

print "running on", sys.version_info[0]
for name, value in {"a": 1}.iteritems():
    print name, value
