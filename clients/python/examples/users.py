"""The interface in one page. Run it beside a daemon: python examples/users.py [SOCKET]"""

import sys

import sluice

with sluice.connect(sys.argv[1] if len(sys.argv) > 1 else None) as client:
    users = client.define_repository("users", {"name": "users", "indexes": ["email"], "GSI": {"email": {}}})
    ann = users.save({"email": "ann@example.org", "name": "Ann", "role": "user", "age": 41})
    users.save({"name": "Anna"}, {"id": ann["id"]})
    print(users.get_one({"email": "ann@example.org"})["name"])
    grown = sluice.Filter().match("role", "user").match_pattern("name", "An%").gt("age", 30)
    print([user["age"] for user in users.get_all(grown, order="name", sorting="desc", limit=10)])
    for user in users.scan({"role": "user"}, page_size=500):
        print(user["email"])
    try:
        users.delete_one({"email": "nobody@example.org"})
    except sluice.NotFound as error:
        print(error.code, error.retryable, error.outcome_known)
    print(users.count({}), users.delete_all({"role": "user"}))
