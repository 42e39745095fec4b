class Tool:
    """A tool.

    Example:
        tool = Tool()
        tool.use("hammer")

    ~~~
    $ tool --use hammer
    ~~~
    """
    def use(self, name: str) -> None: ...
