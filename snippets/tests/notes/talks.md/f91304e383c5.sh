for suffix in md txt; do
    echo "$suffix: $(ls -1 | grep -c "\.$suffix\$" || true)"
done
