"""EndNote: tagged (Refer) and XML."""
