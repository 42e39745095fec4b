seq 3 | paste -sd+ -
seq 3 | paste -sd+ - | bc
