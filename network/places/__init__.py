"""The gazetteer that ships with the program: US ZIP codes and towns, and the larger places of the world.

places.tsv.xz, zips.tsv.xz   our own data, made by build.py (GeoNames, CC BY 4.0; US Census Bureau, public domain)
  → storage.py               loaded once into `gazetteer.db`, a read-only SQLite file in the data folder
  → gazetteer.py             look-ups: what people write → a Place
place.py                     Place, Point, distances
naming.py                    how names are compared; states and countries as people write them
"""

from network.places.gazetteer import Gazetteer
from network.places.place import Place, Point, bounding_box, distance_miles

__all__ = ["Gazetteer", "Place", "Point", "bounding_box", "distance_miles"]
