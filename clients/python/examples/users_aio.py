"""A thousand records by tasks that share one connection. Run it beside a daemon: python examples/users_aio.py [SOCKET]"""

import asyncio
import sys

import sluice
import sluice.aio


async def main() -> None:
    async with sluice.aio.connect(sys.argv[1] if len(sys.argv) > 1 else None) as client:
        numbers = await client.define_repository("numbers", {"name": "numbers", "indexes": ["n"]})
        await asyncio.gather(*(numbers.save({"n": n}) for n in range(1000)))
        last = [record["n"] async for record in numbers.scan(sluice.Filter().gte("n", 998), order="n")]
        print(last, await numbers.delete_all(all=True))


asyncio.run(main())
