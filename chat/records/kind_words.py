"""The words that suggested names are made of: gentle, short, easy to say, and without a second meaning."""

KIND = tuple("""
Able Amber Apricot Autumn Azure Balmy Beaming Blithe Blue Bold Brave Breezy Bright Bronze Calm Candid Caring Cheerful
Clear Clever Cobalt Copper Coral Cosy Crimson Curious Dappled Dawn Earnest Easy Evening Fair Faithful Fern Fond Forest
Free Friendly Gentle Gentian Glad Gleaming Golden Good Graceful Green Happy Hazel Honest Hopeful Indigo Ivory Jade
Jolly Jovial Keen Kind Lavender Lemon Light Lilac Little Lively Loyal Lucky Maple Meadow Mellow Merry Mild Mindful
Mint Misty Modest Morning Mossy Neat Nimble Noble Northern Olive Open Orange Patient Peaceful Peach Pearl Placid
Plucky Polite Quiet Rested Restful Ready River Rosy Ruby Russet Saffron Sandy Scarlet Serene Shining Silver
Simple Sincere Sky Snowy Soft Southern Spring Starry Steady Still Summer Sunny Sure Tawny Teal Tender Thankful
Thoughtful Tidy Topaz Tranquil True Trusty Velvet Violet Warm Western Willing Windy Winter Wise Woodland Yellow
""".split())  # fmt: skip

QUIET_THINGS = tuple("""
Acorn Alder Alpaca Anemone Apple Ash Aspen Aster Badger Barley Beaver Beech Birch Blackbird Bluebell Bramble Brook
Bunting Butterfly Campion Canary Cedar Cherry Chestnut Clover Cloud Comet Cornflower Cottage Cowslip Crane Cricket
Crocus Curlew Cypress Daffodil Dahlia Daisy Deer Dolphin Dormouse Dove Dragonfly Duck Dunlin Eider Elder Elm Falcon
Feather Fennel Fieldfare Finch Firefly Fjord Foxglove Freesia Gecko Goldfinch Goose Gosling Grove Harbour Hare
Harebell Hawthorn Heather Hedgehog Heron Holly Honeybee Hoopoe Iris Island Ivy Jasmine Juniper Kestrel Kingfisher
Kite Koala Ladybird Lantern Lapwing Larch Lark Laurel Leaf Lily Linden Linnet Lotus Lupin Magnolia Mallow Manatee
Marigold Marten Merlin Moon Mulberry Myrtle Nightingale Nutmeg Oak Orchard Orchid Oriole Osprey Otter Owl Panda Pebble
Penguin Petrel Pine Plover Poplar Poppy Primrose Puffin Quail Rabbit Rainbow Redstart Redwing Reed Robin Rosemary
Rowan Sage Sandpiper Seal Shell Siskin Skylark Snowdrop Sorrel Sparrow Spruce Squirrel Starling Stork Stream Sunflower
Swallow Swan Swift Tern Thistle Thrush Thyme Tortoise Tulip Turtle Valley Wagtail Walnut Warbler Waxwing Willow
Wombat Wren Yarrow
""".split())  # fmt: skip
