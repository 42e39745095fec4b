echo "b a" | tr ' ' '\n'  # one word a line
echo "b a" | tr ' ' '\n' | sort  # and in order

echo done
