"""The encodings and keys everything signed stands on: Base45, strict CBOR, COSE_Sign1."""
