"""Two hundred and fifty-six words, one for each byte, to be read aloud and compared.

The project's own choice: everyday words of three to seven letters, of which no two begin with the
same four, so that one heard badly is still known. The order is what counts: it is never changed.
"""

from typing import Final

WORDS: Final[tuple[str, ...]] = tuple(
    """
    acorn actor album alley almond anchor angle ankle apple arch arrow atlas attic aunt autumn award
    badge baker bamboo banjo barrel basket beach beard beetle bell berry bicycle birch biscuit
    blanket bonfire bottle boulder branch bread bridge bronze brush bucket buffalo butter cabin
    cable cactus camel candle canoe carpet castle cedar cello chalk cheese cherry chess chimney
    circus clay cliff clock clover cobalt cocoa comet copper coral cotton cousin cradle crane
    cricket crown cuckoo curtain daisy dancer dawn desert diamond dinner doctor dolphin donkey
    dragon drum eagle echo elbow engine evening fabric falcon farmer feather ferry fiddle finger
    flag flute forest fossil fox frost funnel galaxy garden garlic ginger giraffe glacier glove
    goblet goose granite grape guitar hammer harbour hazel hedge helmet heron hill honey horizon
    hotel hurdle igloo indigo iron island ivory jacket jaguar jasmine jelly jewel jigsaw jungle
    kayak kettle kidney king kitchen kiwi ladder lagoon lantern lemon leopard lettuce library lilac
    lizard lobster locket lotus magnet maple marble meadow melon metal mirror monkey mosaic muffin
    museum needle nephew nest nickel night noodle nutmeg oak oasis ocean office olive onion orange
    orchid otter oven owl oyster paddle palace panther parsley peach pebble pencil pepper piano
    pigeon pillow planet plum pocket pony poppy potato pumpkin puzzle quarry quilt rabbit radio
    rainbow raven ribbon river robin rocket rope saddle salmon scarf shadow silver snail spider
    statue summer sunrise tablet teapot temple thunder tiger timber tomato tractor tulip turnip
    uncle valley velvet village violin volcano wagon walnut water whale window winter wizard wool
    yacht yellow zebra zipper
    """.split()  # noqa: SIM905 - 256 lines of one word each say no more
)
