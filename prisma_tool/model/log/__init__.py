"""Events and what they mean together: what stands, clusters, outcomes, versions."""
