"""Cases that fix what each rule and each price means; collected in ``tests.rule_cases``."""
