"""The soak: simulated weeks of a coalition whose sites fail in every way, pulled by workers that are killed.

    python -m tests.soak --sources 500 --weeks 4 --seed 1      prints what happened, and whether the store is exact

    publishers.py   what a feed and a calendar list as time goes by: posts, edits, moves, removals
    troubles.py     what is wrong with a site for a while
    town.py         the coalition: members, their sites, what happens to them in an hour
    organizers.py   what people decide meanwhile
    pullers.py      who pulls: in this process, broken off now and then; or a child process that is killed
    ledger.py       what the store must hold in the end, and what it holds
    story.py        all of it, round by round

Time is virtual and every choice comes from the seed; only the moments at which workers die are of this world. Whatever a
site publishes stays listed, unchanged, for some days at least, longer than any of its troubles: so the store must hold
all of it in the end, exactly.
"""
