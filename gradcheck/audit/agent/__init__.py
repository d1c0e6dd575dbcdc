"""What runs in the worker beside a student's code.  It is sent there as text (`gradcheck.audit.agent_source`), so it
imports nothing but the standard library, NumPy, and its own modules."""
