"""The fire roll call: who was on site, by what evidence, and who was seen to be safe."""
