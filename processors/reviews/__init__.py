"""Which reviewer gets which task next."""
