ls -a .venv
