"""Lineside fits classroom training around a factory's clock."""
