"""Pages and documents, thin: a request comes in, directory/ or members/ is asked, a body goes out.

cached.py    bodies kept under the generation of what they were made of
visit.py     what a handler needs to know of a request
answers.py   bodies with the headers they need
and a module per noun.
"""
