"""How the hub's static files are named: each by its content, and so are the modules it imports.

Else a page's new module could run with an older one that a browser still has.
"""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class NamedByContent(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """whitenoise's, with the imports of JavaScript modules rewritten (Django 4.2)."""

    support_js_module_import_aggregation = True
