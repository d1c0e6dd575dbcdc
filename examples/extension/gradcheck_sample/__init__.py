"""A law, an oracle, a calling convention and a report format for gradcheck, a module each."""
