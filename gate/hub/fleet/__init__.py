"""The fleet's trust: a TUF repository that people make, sign, publish and keep.

Everything lies in one directory, which holds no secret but the online keys:

    published/     what the world may read, and the only thing served (gate.hub.fleet.views)
        fleet/metadata/    1.root.json ... 4.targets.json, 9.snapshot.json, timestamp.json
        fleet/targets/     <sha256>.issuers.json, <sha256>.hubs.json
        lists/             status lists, put there by others
    staged.json    what is to be published next, with the signatures gathered so far
    keys/          private keys that sign by themselves: snapshot and timestamp

A change is staged, signed by people with keys that lie elsewhere, and published. Files are replaced
whole, `timestamp.json` last, so that a unit sees the version before or the new one.
"""
