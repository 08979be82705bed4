"""The HTTP interface: FastAPI under ``/api/v1``, and the calendars' secret addresses."""
