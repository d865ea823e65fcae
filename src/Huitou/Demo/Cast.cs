namespace Huitou.Demo;

/// <summary>Who and what appears in the demo: 迅捷通讯, four phone shops in 长沙. Invented people; any likeness is chance.</summary>
public static class Cast
{
    public const string Company = "迅捷通讯";

    public const string SurveyName = "秋季八因素满意度";
    public const string ProgrammeName = "购买三天后";
    public const string Said = "周末等得太久，没人说还要多久";
    public const string Did = "周六周日多开一个窗口，等过 10 分钟店长出来招呼";

    /// <summary>The password of every demo account; the sign-in page says it.</summary>
    public const string Password = Access.Public.IDemoAccounts.Password;

    public static readonly (string Number, string Name, string Address, string Phone)[] Stores =
    [
        ("01", "五一广场店", "长沙市芙蓉区五一大道 368 号", "0731-84110001"),
        ("02", "星沙店", "长沙县星沙大道 52 号", "0731-84110002"),
        ("03", "河西店", "长沙市岳麓区金星中路 199 号", "0731-84110003"),
        ("04", "火车站店", "长沙市芙蓉区车站中路 8 号", "0731-84110004"),
    ];

    /// <summary>Head office: sign-in name, name, role.</summary>
    public static readonly (string Account, string Name, string Role)[] HeadOffice =
    [
        ("hejianping", "贺建平", "general-manager"),
        ("admin", "沈亦舟", "administrator"),
        ("zhengwei", "郑伟", "region-manager"),
        ("fanglei", "方磊", "ceo"),
        ("guhong", "顾红", "operations-vice-president"),
        ("tangqi", "汤琦", "sales-director"),
        ("mabin", "马斌", "brand-division"),
        ("luyan", "陆燕", "legal"),
        ("qiuyue", "邱悦", "customer-service-manager"),
        ("xiaolan", "肖兰", "information-supervisor"),
        ("dingning", "丁宁", "information-specialist"),
        ("baijing", "白静", "call-agent"),
        ("yejun", "叶军", "customer-relations-manager"),
        ("fanyi", "樊一", "mystery-shopper"),
    ];

    /// <summary>Per store: sign-in name, name, role. The first of each store manages it.</summary>
    public static readonly (int Store, string Account, string Name, string Role)[] Shops =
    [
        (0, "linxiaomei", "林晓梅", "store-manager"),
        (0, "chenli", "陈立", "representative"),
        (0, "wangsiyu", "王思雨", "representative"),
        (0, "hejun", "何俊", "representative"),
        (0, "zhoumin", "周敏", "specialist"),
        (0, "zhaoqiang", "赵强", "technician"),
        (0, "sunyue", "孙悦", "clerk"),
        (0, "panrui", "潘睿", "service-adviser"),
        (0, "xufang", "徐芳", "hall-guide"),
        (0, "taoliang", "陶亮", "duty-manager"),
        (1, "liutao", "刘涛", "store-manager"),
        (1, "gaofei", "高飞", "representative"),
        (1, "dengjie", "邓洁", "representative"),
        (1, "hulin", "胡琳", "specialist"),
        (1, "songhao", "宋浩", "sales-manager"),
        (2, "yaoqian", "姚倩", "store-manager"),
        (2, "shibo", "石波", "representative"),
        (2, "wanyun", "万芸", "representative"),
        (2, "qinlu", "秦璐", "specialist"),
        (2, "renkai", "任凯", "customer-relations-officer"),
        (3, "duanyu", "段宇", "store-manager"),
        (3, "leixin", "雷欣", "representative"),
        (3, "shaomeng", "邵萌", "representative"),
        (3, "wuxia", "武霞", "specialist"),
    ];

    /// <summary>Models sold: code, name, price in yuan.</summary>
    public static readonly (string Code, string Name, int Price)[] Phones =
    [
        ("HW-M70-512", "HUAWEI Mate 70 · 512GB", 5999), ("HW-P70-256", "HUAWEI Pura 70 · 256GB", 5499), ("HW-N13-256", "HUAWEI nova 13 · 256GB", 2699),
        ("XM-15-256", "小米 15 · 256GB", 4499), ("XM-14-256", "小米 14 · 256GB", 3999), ("RM-N14-256", "Redmi Note 14 · 256GB", 1399),
        ("OP-R13-256", "OPPO Reno13 · 256GB", 2699), ("OP-FX8-256", "OPPO Find X8 · 256GB", 4199), ("VV-X200-256", "vivo X200 · 256GB", 4299),
        ("VV-S20-256", "vivo S20 · 256GB", 2299), ("RY-M7-256", "荣耀 Magic7 · 256GB", 4499), ("RY-X60-256", "荣耀 X60 · 256GB", 1499),
    ];

    /// <summary>Small things: code, name, price in yuan.</summary>
    public static readonly (string Code, string Name, int Price)[] Extras =
    [
        ("FILM-01", "钢化膜", 39), ("CASE-01", "手机壳", 69), ("CHG-67W", "67W 充电头", 129), ("EAR-01", "无线耳机", 598), ("CARE-1Y", "一年延保", 299), ("TOPUP-100", "话费 100 元", 100),
    ];

    /// <summary>People of the pictures, all of the first store: name, form of address, tier, phone, model, months since it was bought.</summary>
    public static readonly (string Name, string Address, int Tier, string Phone, int Model, int MonthsAgo)[] Known =
    [
        ("李雪琴", "李老师", 2, "13873126720", 0, 20), ("邓建国", "邓师傅", 1, "13973112058", 10, 9), ("彭国华", "彭先生", 1, "15073147729", 3, 6),
        ("欧阳慧", "欧阳女士", 0, "17773165143", 8, 0), ("曾丽娟", "曾姐", 0, "15273143388", 7, 14), ("周志远", "周先生", 0, "18573110233", 10, 2),
        ("罗美玲", "罗女士", 2, "18673143317", 7, 32), ("郭小军", "郭先生", 0, "13574859912", 3, 1), ("杨思琪", "杨小姐", 0, "19973120471", 3, 0),
        ("蒋文斌", "蒋先生", 0, "15973137302", 4, 7), ("钟慧敏", "钟女士", 0, "18873122651", 7, 1), ("唐海燕", "唐女士", 1, "13573180096", 8, 27),
        ("谢雅琴", "谢姐", 2, "13787318841", 1, 16), ("黄志强", "黄总", 3, "13307316208", 0, 19), ("吴婷", "吴小姐", 1, "18173199924", 6, 17),
    ];

    public static readonly string[] Surnames = [.. "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任沈姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷".EnumerateRunes().Select(r => r.ToString())];

    public static readonly string[] Given = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "桂英", "建华", "志明", "海燕", "晓东", "丽华", "文静", "俊杰", "雨欣", "子涵", "思远", "佳怡", "浩然", "梦瑶", "宇航", "雅婷", "国庆", "秀兰", "建军", "春梅", "小龙", "嘉豪", "欣怡", "一鸣", "玉兰", "红梅", "永强", "金凤", "少华", "志刚", "美琳"];

    /// <summary>What people say when asked, by rating 1 … 5.</summary>
    public static readonly string[][] Words =
    [
        ["等了两个小时没人管，说好的事一件没办。", "卖的时候热情，出了问题推来推去。"],
        ["等了快一个钟头，没人解释一句。", "手机发烫，打电话问了两次都说再看看。", "答应送的膜没有给。"],
        ["还行吧，就是店里有点乱。", "充电比说的慢一点。", "导资料等得久。"],
        ["挺好用的，老人也学会了。", "小伙子讲得清楚，周末能多开一个窗口就好了。", "手机不错，话费套餐没太听懂。"],
        ["修得比说的还快，还教我把照片导到电脑。", "每次来都记得我，谢谢。", "好用，已经推荐给同事了。", ""],
    ];
}
