"""Hardware access: HX711 chips, pins, supply, the service manager."""
