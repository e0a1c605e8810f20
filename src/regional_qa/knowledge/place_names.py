"""Names of Chinese regions that no official list holds: groups, abbreviations, English and traditional forms.

Data only; ``regions.py`` says how they are read.
"""

from __future__ import annotations

import re

PROVINCES = tuple(
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 "
    "重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾".split()
)
"""Short names of the 34 divisions at province level."""
MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
AUTONOMOUS = frozenset({"广西", "内蒙古", "宁夏", "新疆", "西藏"})
"""Where 全市, and 全区, is the whole of the division; 全省 elsewhere."""

_NORTHEAST = ("辽宁", "吉林", "黑龙江")
_BAY = ("广东", "香港", "澳门")
_DELTA = ("上海", "江苏", "浙江", "安徽")
_CAPITAL = ("北京", "天津", "河北")
_BELT = ("上海", "江苏", "浙江", "安徽", "江西", "湖北", "湖南", "重庆", "四川", "贵州", "云南")
_CENTRE = ("山西", "安徽", "江西", "河南", "湖北", "湖南")
_WEST = ("内蒙古", "广西", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆")
GROUPS = {
    "京津冀": _CAPITAL,
    "长三角": _DELTA,
    "长江三角洲": _DELTA,
    "长江经济带": _BELT,
    "粤港澳大湾区": _BAY,
    "粤港澳": _BAY,
    "大湾区": _BAY,
    "东北": _NORTHEAST,
    "东北三省": _NORTHEAST,
    "东三省": _NORTHEAST,
    "东北地区": _NORTHEAST,
    "中部地区": _CENTRE,
    "中部六省": _CENTRE,
    "西部地区": _WEST,
    "成渝": ("四川", "重庆"),
    "川渝": ("四川", "重庆"),
    "江浙沪": ("江苏", "浙江", "上海"),
    "沪苏浙": ("上海", "江苏", "浙江"),
    "沪苏浙皖": _DELTA,
    "苏浙沪": ("江苏", "浙江", "上海"),
}
"""Groups of provinces, with their members. Names of the same members are the same group."""

MORE = {
    "雄安": ("雄安", "河北"),
    "雄安新区": ("雄安", "河北"),
    "两江新区": ("两江新区", "重庆"),
    "东疆": ("东疆", "天津"),
    "宁东": ("宁东", "宁夏"),
    "前海": ("前海", "广东"),
    "横琴": ("横琴", "广东"),
    "深汕": ("深汕", "广东"),
    "张江": ("张江", "上海"),
    "临港新片区": ("临港新片区", "上海"),
    "浦东": ("浦东", "上海"),
    "甬江": ("宁波", "浙江"),
    "内蒙": ("内蒙古", "内蒙古"),
    "珠三角": ("珠三角", "广东"),
    "珠江三角洲": ("珠三角", "广东"),
    "长白山": ("长白山", "吉林"),
    "平潭": ("平潭", "福建"),
    "天柱山": ("天柱山", "安徽"),
    **{
        part: (part, parts[0])
        for parts in (
            "安徽 皖北 皖南 皖西 皖中 皖东 皖西北 皖东南".split(),
            "江西 赣南 赣北 赣西 赣中 赣东北".split(),
            "江苏 苏北 苏南 苏中".split(),
            "浙江 浙东 浙西 浙南 浙北 浙中 浙西南".split(),
            "广东 粤东 粤西 粤北".split(),
            "福建 闽南 闽北 闽东 闽西".split(),
            "山东 鲁南 鲁中 鲁西 鲁西南 鲁西北 鲁北 鲁东".split(),
            "河南 豫南 豫北 豫东 豫西 豫中 豫西南 豫东南".split(),
            "河北 冀中 冀南 冀北 冀东".split(),
            "山西 晋北 晋南 晋东南".split(),
            "陕西 陕北 陕南".split(),
            "湖北 鄂西 鄂东 鄂北 鄂西北 鄂西南".split(),
            "湖南 湘南 湘北 湘东 湘中 湘西南".split(),
            "四川 川南 川北 川东 川西 川中 川东北 川西北".split(),
            "贵州 黔北 黔中".split(),
            "云南 滇中 滇西 滇南 滇东 滇东北 滇西北 滇东南 滇西南".split(),
            "广西 桂北 桂南 桂西 桂中 桂东 桂西北 桂东南".split(),
            "辽宁 辽东 辽西 辽南 辽西北".split(),
            "甘肃 陇东 陇中 陇东南 河西走廊".split(),
            "新疆 北疆".split(),
            "内蒙古 蒙东 蒙西".split(),
            "海南 琼北 琼南".split(),
        )
        for part in parts[1:]
    },
    "胶东": ("胶东", "山东"),
    "南疆": ("南疆", "新疆"),
    "龙江": ("黑龙江", "黑龙江"),
}
"""Places and parts of provinces that are no administrative division: name -> (plain name, province)."""

AMBIGUOUS = frozenset(
    "永顺 朝阳 白银 安康 海北 海西 海东 黄南 中山 和平 长安 新华 开放 平安 城中 东方 南海 大同 开封 临高 共和 兴隆 万年 来宾 泰来 "
    "永修 新城 大方 宣威 通道 江口 河口 长白 宝应 望城 阳光 文成 青龙 阿里 山南 文山 平原 长寿 高密 青山 太湖 东安 上城 山城 水城 江城 "
    "老城 鼎城 中阳 天长 大丰 新都 文安 立山 滨海 江岸 江北 江汉 平湖 平房 平陆 平山 三河 兴国 东明 东兴 天心 金牛 卧龙 柳林 千山 桃源 "
    "天河 衡山 武功 灵山 临江 长泰 台安 桥西 永康 红山 南山 港南 建湖 云龙 象山 盐湖 玄武 西湖 秦都 洪山 大东 铁西 铁东 道外 城关 城西 城北 "
    "西市 同德 达日 于田 独山 光山 新野 新密 当阳 通城 通山 开阳 金湾 康平 镇平 普安 正安 乐安 云安 福安 君山 玉山 武山 万柏 南关 武强 "
    "宁远 泉山 老城区 海港区 运河区 复兴区 城区 郊区 矿区 东区 西区".split()
)
"""Short names that mean something else as often; they count with their suffix, or right after their province or city."""

NOT_PLACES = tuple(
    "晋南北 独山东 卧龙岗 显示屏边 沪宁城 搬迁安 登城口 招商南油 千佛山 庐山西海 钓鱼台 东阳光 杨玉环 中西部 佛罗里达 内华达 马里兰 昆士兰 伊利诺伊 美国德州 别尔哥罗德 盐湖城 新乡贤 新乡村 新乡镇 示范县 "
    "模范县 支付宝 非常熟 入海口 出海口 复合肥 均衡水平 长治久安 擅长治 强大理论 重大理论 重大理念 远大理想 伟大理想 人大理论 推广安 医保定 担保定 确保定 拱北海关 北海道 北海公园 科教兴国 新兴国 繁荣昌盛 大厦门口 从化石 "
    "东躲西藏 当前海 关怀化 极大丰富 隆重庆祝 重大庆典 盛大庆祝 乌海军 坎宁安 巴丹吉林 九龙江 独龙江 瘦西湖 黄河源 长江源 奥运城市 亚运城市 沿海城市 海滨城市 以上城市 嘉义县 九龙城区 从中牟利 福如东海 三明治 哈密瓜 普洱茶 龙井茶 西湖龙井 大理石 宁德时代 北京时间 北京现代 "
    "和田径 和田野 日照时 日照充足 日照不足 日照强 其中卫星 周口店 东南通道 西南通道 推延安 外延安 大丰收 大兴国际 米仓山 平安顺利 平安顺遂".split()
)
"""Words that hold a region's name by accident; they are read over."""

ABBREVIATIONS = {
    "京": "北京", "津": "天津", "冀": "河北", "晋": "山西", "蒙": "内蒙古", "辽": "辽宁", "吉": "吉林", "黑": "黑龙江",
    "沪": "上海", "苏": "江苏", "浙": "浙江", "皖": "安徽", "闽": "福建", "赣": "江西", "鲁": "山东", "豫": "河南",
    "鄂": "湖北", "湘": "湖南", "粤": "广东", "桂": "广西", "琼": "海南", "渝": "重庆", "川": "四川", "蜀": "四川",
    "黔": "贵州", "贵": "贵州", "滇": "云南", "云": "云南", "藏": "西藏", "陕": "陕西", "秦": "陕西", "甘": "甘肃", "陇": "甘肃",
    "青": "青海", "宁": "宁夏", "新": "新疆", "港": "香港", "澳": "澳门", "台": "台湾",
}  # fmt: skip
"""One-character names; read in text only where ``CONTEXTS`` says that they are one."""

CONTEXTS = re.compile(
    r"(?<=[在来赴驻入离援兴])(?:皖|赣|豫|鲁|渝|闽|粤|湘|鄂|桂|琼|黔|滇|浙|沪|冀|晋|陕|川)(?![剧菜迅深指市霍园沙江西东南北中])"
    r"|(?:鲁渝|闽宁|鲁甘|津甘|京津(?!冀)|湘赣|粤桂|京冀|津冀|苏皖|浙皖|沪皖|粤黔|沪滇|京蒙|苏陕|浙川)(?=协作|两|合作|对口|等|地|人力|技工)"
    r"|(?:皖|赣|豫|渝|闽|粤|鄂|黔|滇|冀|沪|浙)(?=[企籍]|商(?!银行|证券)|两地|省内)"
    r"|(?<![江四])(?:湘|晋|鲁|苏|桂|川|陕)(?=商(?:回归|总会|大会|联合会|企业|投资|返乡|回乡|资本|代表|[们家]))"
    r"|^(?:皖|赣|豫|渝|闽|粤|鄂|黔|滇|冀(?!望)|沪|浙|湘|陕)(?![剧菜迅深指市州霍园语股港伦铜江西东南北中]|商银行|商证券)(?=[\u4e00-\u9fff])"
    r"|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔贵滇云藏陕甘青宁新]{2,8}(?=[两二三四五六七八九十](?:省|地[区市]?(?!方)|市))"
    r"|(?:川陕|陕甘宁|湘鄂赣|湘赣|闽粤赣|鄂豫皖|晋冀鲁豫|晋陕|豫皖|皖豫|苏鲁豫皖|鲁豫|粤闽|粤湘|湘粤|浙闽|闽浙|赣粤|云贵|川滇|黔桂|湘黔|鄂湘|陕甘|甘青|冀鲁|辽吉|吉黑)"
    r"(?=革命老区|老区|边区|边界|边陲|交界|接壤|毗邻|结合部|省际|地区|合作|协作|共建|携手|联手)"
    r"|^(?:苏|鲁|晋)(?=[12]\d{3}年|省内|全省)"
)
"""Where a one-character name stands for its province: 在皖, 闽宁协作, 浙商, and at the start of a question."""

ENGLISH = {
    "beijing": "北京", "tianjin": "天津", "hebei": "河北", "shanxi": "山西", "inner mongolia": "内蒙古", "liaoning": "辽宁",
    "jilin": "吉林", "heilongjiang": "黑龙江", "shanghai": "上海", "jiangsu": "江苏", "zhejiang": "浙江", "anhui": "安徽",
    "fujian": "福建", "jiangxi": "江西", "shandong": "山东", "henan": "河南", "hubei": "湖北", "hunan": "湖南",
    "guangdong": "广东", "guangxi": "广西", "hainan": "海南", "chongqing": "重庆", "sichuan": "四川", "guizhou": "贵州",
    "yunnan": "云南", "tibet": "西藏", "xizang": "西藏", "shaanxi": "陕西", "gansu": "甘肃", "qinghai": "青海",
    "ningxia": "宁夏", "xinjiang": "新疆", "hong kong": "香港", "macau": "澳门", "macao": "澳门", "taiwan": "台湾",
    "hefei": "合肥", "wuhu": "芜湖", "chuzhou": "滁州", "huangshan": "黄山", "nanjing": "南京", "suzhou": "苏州", "wuxi": "无锡",
    "changzhou": "常州", "nantong": "南通", "yangzhou": "扬州", "hangzhou": "杭州", "ningbo": "宁波", "wenzhou": "温州",
    "jiaxing": "嘉兴", "guangzhou": "广州", "shenzhen": "深圳", "dongguan": "东莞", "foshan": "佛山", "zhuhai": "珠海",
    "nansha": "南沙", "qianhai": "前海", "hengqin": "横琴", "wuhan": "武汉", "changsha": "长沙", "nanchang": "南昌",
    "ganzhou": "赣州", "shangrao": "上饶", "zhengzhou": "郑州", "lankao": "兰考", "jinan": "济南", "qingdao": "青岛",
    "linyi": "临沂", "yantai": "烟台", "rongcheng": "荣成", "changchun": "长春", "liaoyuan": "辽源", "songyuan": "松原",
    "harbin": "哈尔滨", "heihe": "黑河", "shenyang": "沈阳", "dalian": "大连", "hohhot": "呼和浩特", "baotou": "包头",
    "ordos": "鄂尔多斯", "erenhot": "二连浩特", "erlianhaote": "二连浩特", "chifeng": "赤峰", "nanning": "南宁",
    "guilin": "桂林", "liuzhou": "柳州", "haikou": "海口", "chengdu": "成都", "guiyang": "贵阳", "kunming": "昆明",
    "zhaotong": "昭通", "shangri-la": "香格里拉", "lhasa": "拉萨", "xi'an": "西安", "xian": "西安", "lanzhou": "兰州",
    "xining": "西宁", "yinchuan": "银川", "ningdong": "宁东", "urumqi": "乌鲁木齐", "xiamen": "厦门", "fuzhou": "福州",
    "quanzhou": "泉州", "taiyuan": "太原", "shijiazhuang": "石家庄", "tangshan": "唐山", "xiong'an": "雄安",
    "xuzhou": "徐州", "shaoxing": "绍兴", "jinhua": "金华", "huizhou": "惠州", "zhanjiang": "湛江", "shantou": "汕头",
    "yichang": "宜昌", "luoyang": "洛阳", "mianyang": "绵阳", "yibin": "宜宾", "zunyi": "遵义", "lijiang": "丽江", "sanya": "三亚",
    "beihai": "北海", "daqing": "大庆", "weifang": "潍坊", "zibo": "淄博", "jining": "济宁", "weihai": "威海", "datong": "大同市",
    "anqing": "安庆", "bengbu": "蚌埠", "zhongshan": "中山市", "jiujiang": "九江", "xishuangbanna": "西双版纳", "kashgar": "喀什",
    "tongnan": "潼南", "shizhu": "石柱", "kaizhou": "开州", "xiahe": "夏河", "yiwu": "义乌", "kunshan": "昆山",
    "beijing-tianjin-hebei": "京津冀", "jing-jin-ji": "京津冀", "yangtze river delta": "长三角",
    "greater bay area": "粤港澳大湾区", "guangdong-hong kong-macao greater bay area": "粤港澳大湾区",
    "northeast china": "东北", "hulunbuir": "呼伦贝尔", "ulanqab": "乌兰察布", "bayannur": "巴彦淖尔", "xilingol": "锡林郭勒",
    "aksu": "阿克苏", "hotan": "和田", "korla": "库尔勒", "turpan": "吐鲁番", "hami": "哈密", "karamay": "克拉玛依", "altay": "阿勒泰",
    "shigatse": "日喀则", "xigaze": "日喀则", "nyingchi": "林芝", "chamdo": "昌都", "qamdo": "昌都", "ya'an": "雅安", "yan'an": "延安",
    "tai'an": "泰安", "huai'an": "淮安", "ji'an": "吉安", "lu'an": "六安", "guang'an": "广安",
}  # fmt: skip
"""English name in lower case -> the Chinese one."""

SUFFIXES = (
    "特别行政区",
    "自治县",
    "自治旗",
    "自治州",
    "新区",
    "地区",
    "林区",
    "特区",
    "市",
    "县",
    "区",
    "旗",
    "盟",
    "省",
)
PEOPLES = tuple(
    "满族 回族 蒙古族 藏族 彝族 苗族 侗族 瑶族 土家族 壮族 布依族 朝鲜族 白族 傣族 哈尼族 傈僳族 景颇族 羌族 哈萨克 柯尔克孜 蒙古 土族 撒拉族 "
    "东乡族 保安族 裕固族 黎族 畲族 仡佬族 水族 拉祜族 佤族 纳西族 布朗族 独龙族 怒族 普米族 毛南族 仫佬族 达斡尔族 鄂伦春 鄂温克族 锡伯 "
    "塔吉克 各族".split()
)

TRADITIONAL = str.maketrans(
    "萬業叢東兩個豐臨爲麗義烏樂習鄉雲亞產僕從倉儀們會偉倫體兒兗黨蘭關興內岡冊軍農衝淨準涼鳳憑凱則剛創劍勸務勻區華單盧臥衛廠歷廂廈縣雙發敘疊臺葉後呂啓吳員鹹響團園圍國圖聖場壇壩壘墾墊壯壺復頭夾婁孫寧寶實審宮"
    "寬賓尋壽將爾堯嶼崗嵐島巖嶺嶽嶧峽峯嶗崍鞏師廣莊慶廬庫應開張彌強歸當彥徵懷恆揚撫鬥無舊晉暉術雜權來楊極樅棗樹棲欒橋樺夢樓橫畢匯漢湯溝滄瀘澤涇窪湞溮濟瀏渾潯塗淶漣渦潤澗澱淥澠溫灣漵滿灤濱灘濰潛瀾燈靈爐點煙"
    "煩愛猶獨獅獻瑪環現琿瓊瑤甕甌電疇鹽監蓋盤礦碭硯碩礄確鹼禮祿禪離積稱競簡類紅納細織紹經結絳綏績維綿綜綠縉羅羣聶聯肅勝膠脫臘騰輿節薌蕪蘆蒼蘇範荊榮滎蔭萊蓮獲蘿營蕭薩藍薊鎣藺蘄蘊觀覺讓訥許詔諸諾調誼謀謨謝謙"
    "譙譜貝貞貢賢貴費賀賈資賚賽贊贛趙車轉輪載輝邊遼達遷邁運進遠連遜遙鄧郵鄒鄴鄰鬱郟鄭鄆鄖鄲裏鍾鋼欽錢鐵鉛銅銀鋒錯錫錦鎮鏡鑲長門間閔聞閩閣閬閻陽陰陸隴陳陘陝隨靜韓頂項順頗潁額風饒館馬駐驛驊驗魚魯鮁鮮鯉鳩雞鳴"
    "鴨鶴鷹麥黃齊龍",
    "万业丛东两个丰临为丽义乌乐习乡云亚产仆从仓仪们会伟伦体儿兖党兰关兴内冈册军农冲净准凉凤凭凯则刚创剑劝务匀区华单卢卧卫厂历厢厦县双发叙叠台叶后吕启吴员咸响团园围国图圣场坛坝垒垦垫壮壶复头夹娄孙宁宝实审宫"
    "宽宾寻寿将尔尧屿岗岚岛岩岭岳峄峡峰崂崃巩师广庄庆庐库应开张弥强归当彦征怀恒扬抚斗无旧晋晖术杂权来杨极枞枣树栖栾桥桦梦楼横毕汇汉汤沟沧泸泽泾洼浈浉济浏浑浔涂涞涟涡润涧淀渌渑温湾溆满滦滨滩潍潜澜灯灵炉点烟"
    "烦爱犹独狮献玛环现珲琼瑶瓮瓯电畴盐监盖盘矿砀砚硕硚确碱礼禄禅离积称竞简类红纳细织绍经结绛绥绩维绵综绿缙罗群聂联肃胜胶脱腊腾舆节芗芜芦苍苏范荆荣荥荫莱莲获萝营萧萨蓝蓟蓥蔺蕲蕴观觉让讷许诏诸诺调谊谋谟谢谦"
    "谯谱贝贞贡贤贵费贺贾资赉赛赞赣赵车转轮载辉边辽达迁迈运进远连逊遥邓邮邹邺邻郁郏郑郓郧郸里钟钢钦钱铁铅铜银锋错锡锦镇镜镶长门间闵闻闽阁阆阎阳阴陆陇陈陉陕随静韩顶项顺颇颍额风饶馆马驻驿骅验鱼鲁鲅鲜鲤鸠鸡鸣"
    "鸭鹤鹰麦黄齐龙",
)
"""Traditional characters of place names -> simplified, one for one, so that offsets stay."""
