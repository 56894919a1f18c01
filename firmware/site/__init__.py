"""Many mats: their messages flow from a broker into PostgreSQL and VictoriaMetrics. Nothing here runs on a Pi."""
