"""What a user gives: files of any origin, from their bytes to checked cells and shapes.

The order is always the same: bytes, container, XML, format, header, identifiers, numbers,
geography (``model.answers.FAMILIES``). A file is understood as a whole or refused as a whole.
"""
