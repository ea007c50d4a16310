//! The word lists that product names, prices and descriptions are made of.

/// A category with its words.
pub(crate) struct Category {
    /// Its name in URLs.
    pub(crate) slug: &'static str,
    /// Its name for people.
    pub(crate) name: &'static str,
    /// Nouns, each with the price in whole units that such a thing starts at.
    pub(crate) things: &'static [(&'static str, u32)],
    /// Brands that make them.
    pub(crate) brands: &'static [&'static str],
    /// Materials they come in.
    pub(crate) materials: &'static [&'static str],
    /// What they are good for.
    pub(crate) uses: &'static [&'static str],
}

/// The shop's shelves.
pub(crate) const CATEGORIES: [Category; 10] = [
    Category {
        slug: "kitchen",
        name: "Kitchen",
        things: &[
            ("Frying Pan", 34),
            ("Saucepan", 42),
            ("Chef's Knife", 58),
            ("Mixing Bowl", 18),
            ("Kettle", 49),
            ("Cutting Board", 24),
            ("Pepper Mill", 29),
            ("Moka Pot", 32),
        ],
        brands: &["Aldermoor", "Fjordhus", "Kestrel & Co", "Brasa", "Ono"],
        materials: &["Cast Iron", "Copper", "Beech", "Stainless Steel", "Enamel"],
        uses: &["slow Sunday breakfasts", "weeknight dinners", "baking with children", "a crowd of guests"],
    },
    Category {
        slug: "outdoor",
        name: "Outdoor",
        things: &[
            ("Tent", 189),
            ("Sleeping Bag", 119),
            ("Headlamp", 39),
            ("Daypack", 79),
            ("Camp Stove", 64),
            ("Water Bottle", 22),
            ("Trekking Poles", 69),
            ("Hammock", 54),
        ],
        brands: &["Northcairn", "Tarn", "Vidda", "Ridgeway", "Lumen"],
        materials: &["Ripstop", "Titanium", "Aluminium", "Merino", "Recycled Nylon"],
        uses: &["three-season trips", "long ridges", "nights above the tree line", "a weekend by the lake"],
    },
    Category {
        slug: "audio",
        name: "Audio",
        things: &[
            ("Headphones", 129),
            ("Bookshelf Speakers", 249),
            ("Turntable", 329),
            ("Microphone", 99),
            ("Soundbar", 219),
            ("Earbuds", 89),
            ("Headphone Amplifier", 159),
        ],
        brands: &["Halden", "Quiet Room", "Sonder", "Mistral", "Octave"],
        materials: &["Walnut", "Graphite", "Matte White", "Brushed Aluminium", "Midnight"],
        uses: &["late-night listening", "small rooms", "voice recordings", "a growing record collection"],
    },
    Category {
        slug: "office",
        name: "Office",
        things: &[
            ("Desk Lamp", 59),
            ("Notebook", 14),
            ("Fountain Pen", 38),
            ("Office Chair", 279),
            ("Monitor Stand", 49),
            ("Desk Mat", 29),
            ("Keyboard", 109),
            ("File Box", 19),
        ],
        brands: &["Pennine", "Mono", "Kestrel & Co", "Atelier Nord", "Graph"],
        materials: &["Oak", "Felt", "Steel", "Cork", "Linen"],
        uses: &["focused mornings", "shared desks", "long calls", "tidy people with untidy projects"],
    },
    Category {
        slug: "garden",
        name: "Garden",
        things: &[
            ("Watering Can", 27),
            ("Secateurs", 34),
            ("Planter", 22),
            ("Hand Trowel", 16),
            ("Garden Hose", 44),
            ("Bird Feeder", 24),
            ("Raised Bed", 99),
        ],
        brands: &["Greenfold", "Hollin", "Brasa", "Meadow & Pike", "Tarn"],
        materials: &["Galvanised Steel", "Terracotta", "Ash", "Copper", "Recycled Plastic"],
        uses: &["balconies", "first-time growers", "stony soil", "a kitchen garden"],
    },
    Category {
        slug: "toys",
        name: "Toys",
        things: &[
            ("Building Blocks", 32),
            ("Puzzle", 19),
            ("Train Set", 59),
            ("Board Game", 36),
            ("Kite", 24),
            ("Plush Bear", 28),
            ("Marble Run", 45),
        ],
        brands: &["Tumbleweed", "Ono", "Little Fjord", "Pip & Oak", "Saltbox"],
        materials: &["Beech", "Cotton", "Recycled Card", "Birch", "Organic Wool"],
        uses: &["rainy afternoons", "ages three and up", "the whole family", "small patient hands"],
    },
    Category {
        slug: "clothing",
        name: "Clothing",
        things: &[
            ("Crew Sweater", 89),
            ("Rain Jacket", 149),
            ("T-Shirt", 29),
            ("Beanie", 24),
            ("Work Trousers", 99),
            ("Overshirt", 109),
            ("Socks", 14),
            ("Scarf", 45),
        ],
        brands: &["Vidda", "Hemstead", "Atelier Nord", "Ridgeway", "Saltbox"],
        materials: &["Merino", "Organic Cotton", "Waxed Canvas", "Linen", "Lambswool"],
        uses: &["wind and drizzle", "every day", "layering", "cold stations and warm trains"],
    },
    Category {
        slug: "lighting",
        name: "Lighting",
        things: &[
            ("Pendant Light", 119),
            ("Floor Lamp", 139),
            ("String Lights", 29),
            ("Wall Light", 79),
            ("Table Lamp", 69),
            ("Light Bulb", 9),
        ],
        brands: &["Lumen", "Halden", "Fjordhus", "Graph", "Dusk"],
        materials: &["Opal Glass", "Brass", "Paper", "Smoked Glass", "Powder-Coated Steel"],
        uses: &["reading corners", "long dinner tables", "dim hallways", "a softer evening"],
    },
    Category {
        slug: "bath",
        name: "Bath",
        things: &[
            ("Bath Towel", 32),
            ("Soap Dish", 14),
            ("Bath Mat", 29),
            ("Shower Curtain", 34),
            ("Laundry Basket", 49),
            ("Robe", 89),
        ],
        brands: &["Hemstead", "Salt & Linen", "Mono", "Aldermoor", "Dusk"],
        materials: &["Waffle Cotton", "Bamboo", "Stoneware", "Organic Cotton", "Teak"],
        uses: &["small bathrooms", "guests", "slow evenings", "a house full of swimmers"],
    },
    Category {
        slug: "cycling",
        name: "Cycling",
        things: &[
            ("Pannier", 89),
            ("Bike Light", 39),
            ("Helmet", 79),
            ("Saddle", 94),
            ("Floor Pump", 49),
            ("Handlebar Bag", 59),
            ("Bell", 16),
            ("Lock", 54),
        ],
        brands: &["Spoke & Stone", "Ridgeway", "Velora", "Northcairn", "Lumen"],
        materials: &["Waxed Canvas", "Leather", "Carbon", "Aluminium", "Brass"],
        uses: &[
            "the daily commute",
            "gravel and back roads",
            "winter mornings",
            "carrying too many groceries",
        ],
    },
];

/// What comes before the material in a name.
pub(crate) const QUALITIES: [&str; 16] = [
    "Everyday",
    "Compact",
    "Heritage",
    "Nordic",
    "Studio",
    "Classic",
    "Featherlight",
    "Workshop",
    "Coastal",
    "Folding",
    "Signature",
    "Weekend",
    "Slim",
    "Grand",
    "Essential",
    "Handmade",
];

/// Colours, for the specifications and the pictures.
pub(crate) const COLOURS: [(&str, [u8; 3]); 10] = [
    ("Ink", [38, 50, 72]),
    ("Moss", [98, 117, 76]),
    ("Clay", [186, 104, 78]),
    ("Sand", [214, 190, 152]),
    ("Sea", [72, 128, 146]),
    ("Plum", [112, 72, 104]),
    ("Mustard", [206, 162, 66]),
    ("Slate", [104, 112, 120]),
    ("Rose", [200, 136, 140]),
    ("Chalk", [222, 220, 212]),
];

/// Countries things are made in.
pub(crate) const COUNTRIES: [&str; 8] =
    ["Portugal", "Sweden", "Japan", "Germany", "Italy", "Estonia", "Wales", "Denmark"];
