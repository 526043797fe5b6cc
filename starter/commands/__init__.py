"""The commands of ``casewright``, one module each."""
