"""How Sphinx makes pages of the repository's documents: see site.sh beside this folder.

The sources are the Markdown files where they lie, README.md first. What they link to that is no document comes along as a
file, and notebooks as the pages that site.sh has made of them.
"""

import posixpath
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

ROOT = Path(__file__).resolve().parent.parent.parent

project = "unstuck"
html_title = "unstuck"
language = "en"
extensions = ["myst_parser"]
myst_heading_anchors = 4
root_doc = "README"
source_suffix = {".md": "markdown"}
include_patterns = ["*.md", "**/*.md"]
exclude_patterns = [".*", "**/.*", "**/testdata", "**/node_modules", "docs/causes/loops", "dist", "python/build"]

html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # a page that was opened from a folder may not read the others
html_extra_path = [str(ROOT / ".lab/pages")]

# The documents by the question that brings people here. Markdown has no word for such a list, so it isn't in the sources.
CONTENTS = {
    "Find out": ["docs/causes/README", "docs/loop", "docs/logs", "docs/tables", "docs/script"],
    "From Keras and PyTorch": ["docs/coming-from-keras", "docs/coming-from-pytorch", "python/README", "docs/your-own-gomlx-model"],
    "How it decides": ["docs/doctor", "docs/architectures/README", "docs/speed", "docs/limits"],
    "From programs": ["docs/json", "docs/mcp"],
    "This house": ["CONTRIBUTING", "kernels/README", "lab/README", "docker/README", "SECURITY", "CHANGELOG"],
}


def add_contents(app, document, source):
    """Lists the documents in README.md, and a folder's pages in the README.md of that folder."""
    folder, name = posixpath.split(document)
    if document == root_doc:
        listed = sum(CONTENTS.values(), [])
        source[0] += "".join(toctree(caption, documents) for caption, documents in CONTENTS.items())
        source[0] += toctree("More", sorted(d for d in app.env.found_docs if d.endswith("README") and d not in [*listed, root_doc]))
    elif name == "README" and folder.startswith("docs/"):
        source[0] += toctree("", sorted(d for d in app.env.found_docs if posixpath.dirname(d) == folder and d != document))


def toctree(caption, documents):
    entries = "".join(f"/{document}\n" for document in documents)
    options = ":hidden:\n" + (f":caption: {caption}\n" if caption else "")
    return f"\n\n```{{toctree}}\n{options}\n{entries}```\n" if documents else ""


def folders_as_text(app, tree):
    """A link to a folder of sources has no page to lead to: its name stays."""
    for node in list(tree.findall(addnodes.pending_xref)):
        if (ROOT / posixpath.dirname(app.env.docname) / node.get("reftarget", "")).is_dir():
            node.replace_self(node.children)


def link_notebooks(app, tree, document):
    for node in list(tree.findall(addnodes.download_reference)):
        page = posixpath.normpath(posixpath.join(posixpath.dirname(document), node["reftarget"]))
        if page.startswith("notebooks/") and page.endswith(".ipynb"):
            page = posixpath.relpath(page.removesuffix(".ipynb") + ".html", posixpath.dirname(document) or ".")
            node.replace_self(nodes.reference("", "", *node.children, refuri=page, internal=True))


def setup(app):
    app.connect("source-read", add_contents)
    app.connect("doctree-read", folders_as_text)
    app.connect("doctree-resolved", link_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
