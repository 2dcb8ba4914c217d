"""The tables as the first migration makes them: a picture of that moment, never changed once released."""
