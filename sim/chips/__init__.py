"""Virtual HX711 converters, and the doors of gpiochip, RPi.GPIO and digitalio in front of them."""
