"""Whether a file is what its name says, and carries nothing that acts on its own.

The parsers know no Django: they run in a process of their own, with little memory
and little time (`worker`). `inspector` starts that process and believes nothing
but a whole answer; `words` says a verdict as a sentence.
"""
