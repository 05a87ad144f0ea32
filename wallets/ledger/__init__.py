"""The books: what is asked (`orders`), how it is written (`book`), together (`poster`), again (`retrying`),
and whether it is right (`audit`)."""
