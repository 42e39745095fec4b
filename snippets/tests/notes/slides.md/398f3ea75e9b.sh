printf '%s\n' 3 1 2 | sort -n
