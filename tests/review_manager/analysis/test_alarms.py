"""Which reviews ring for safety or threat, and which only sound as if."""

from pathlib import Path

import pytest

from review_manager.analysis import load
from review_manager.analysis.alarms import Alarm, AlarmWordsError, load_alarms

SAFETY = """
充电的时候突然着火了，幸好家里有人
插上电就冒烟，吓得我赶紧拔了
用了两次就爆炸了，玻璃飞得到处都是
电池鼓包，差点把手机壳撑破
充电宝在包里自燃，包都烧了个洞
插座冒火花，太吓人了
烧水的时候壶底冒出一股黑烟
吹风机吹着吹着喷火星
电热毯半夜烧糊了，床单都焦了
高压锅炸了，厨房一片狼藉
洗澡的时候被电了一下，热水器漏电
一摸外壳就麻手，肯定漏电
触电了，差点没命
碰到金属部分会电到人
小太阳用了一会儿就有焦味
转换插头熔化了
轮胎骑着骑着爆了
玻璃杯倒热水直接炸裂
煤气灶漏气，差点煤气中毒
取暖器起火，把地毯烧着了
水壶把手断了，开水烫伤了脚
热水袋漏水，肚子烫了个泡
把孩子的手烫到了
美容仪低温烫伤，脸上留了印
脱毛膏灼伤皮肤，红了一大片
盖子太锋利，把手划伤了
桌子边没打磨，孩子额头磕破了
罐头盖割破手，流了好多血
椅子坐上去就散了，摔了一跤
凳子腿突然断了，摔得尾椎骨疼
架子倒下来砸到脚
跑步机突然加速，人摔下来骨折了
折叠床夹到手，指甲都紫了
自行车刹车失灵，撞到墙上
鞋底太滑，下楼梯滑倒了
浴室没有防滑垫，老人滑了一跤住院了
衣服里有一根针，扎到手了
大头针没取干净，戳破了脖子
玩具上的钉子扎进脚里
吃面包崩掉一颗牙
吃到石子，牙硌断了一块
扣子掉下来被宝宝误吞
小零件掉了，孩子差点卡喉咙
果冻太大，孩子噎住了
安全座椅卡扣夹住孩子手指
婴儿床护栏松了，宝宝从床上摔下来
推车突然折叠，夹伤宝宝的手
奶瓶塑料味，宝宝喝了就吐了
宝宝穿了起红疹
用完纸尿裤红屁股，都溃烂了
奶粉喝了一直拉肚子
给孩子吃完上吐下泻，去了急诊
吃完拉了一晚上肚子
吃了一半就开始肚子疼
吃完食物中毒，打了两天点滴
急性肠胃炎，医药费谁出
吃坏肚子，跑了一天厕所
喝了以后恶心呕吐
全家吃完都腹泻
面膜敷完满脸红肿
用了过敏，脸肿得像猪头
擦了之后又红又痒
洗完头皮特别痒
洗发水用了头痒得不行
染发剂把头皮烧得刺痛
眼霜用了眼睛肿得睁不开
用了两天起了好多小疙瘩
浑身起疹子，医生说是接触性皮炎
衣服穿上身上发痒
床单睡一晚上全身痒，怀疑有螨虫
被臭虫咬得满身包
香味熏得头晕恶心
柜子甲醛味太大，一进屋就头疼眼睛疼
口罩戴了喘不上气
减肥药吃了心慌手抖
隐形眼镜戴上眼睛刺痛流泪
牙膏用了嘴巴脱皮
菜里吃出一只蟑螂
汤里有只苍蝇
喝到一半发现杯底有只死虫子
米饭里有一截钢丝
面里吃出头发
汉堡里夹着一块塑料片
吃到玻璃渣，嘴里都出血了
馅里有创可贴，恶心到吐
菜叶上爬着一条青虫
火锅底料里吃出一颗牙齿
瓶子里有不明异物
粥里有烟头
奶茶里喝出一只小虫
饼干里咬到金属片
里面有老鼠屎，报告给你们了
狗吃了狗粮呕吐便血
猫用了驱虫药抽搐
梯子不稳，人从上面摔伤了
镜子突然掉下来，差点砸到孩子
电动牙刷漏电，嘴里麻了一下
血压计勒得手臂淤青
按摩椅夹得腰受伤了
热敷眼罩温度失控，眼皮烫红了
充电器发热严重，插头都烧黑了
汽车玩具电池漏液腐蚀皮肤
老人喝了以后送医院抢救
孕妇吃了出血住院
蜡烛杯炸开，桌子着起来
用了安全隐患很大的插线板，已经短路跳闸
東西一插電就冒煙，差點著火
快递箱上的钉子把我手刮了个口子
骑手撞到我家老人，人还在医院
酒店地板翘起来把我绊倒了，膝盖流血
泳池瓷砖划破了脚
早餐吃了拉肚子，整个行程都毁了
味道挺好，就是吃完有点过敏
东西不错，但是把我手划破了
还可以吧，孩子玩的时候夹了一下手，出血了
五星好评，不过用的时候电了我一下
"""

HARMLESS = """
店里生意火爆，排队一小时
电池续航爆炸好，两天一充
价格炸了，比上次便宜一半
被博主种草的毒，果然好用
封面烫金工艺很漂亮
麻辣烫味道不错
炸鸡外酥里嫩
火龙果很甜，个个都好
火锅底料很香
火腿肠孩子爱吃
火车站旁边，交通方便
颜值爆表，很喜欢
这是爆款，买对了
爆米花很脆
颜色美爆了
好吃到爆炸
性价比爆炸
笑死我了，太搞笑的书
看得我热血沸腾，情节火爆
中了这家店的毒，每周都点
跟中毒一样天天想吃
消毒柜很好用
洗完头不痒了，效果好
去屑止痒效果明显
敏感肌用着不过敏，放心
没有过敏，很温和
宝宝用了没起红疹
不刺激，不会过敏
吃完没有拉肚子，很新鲜
没有磕伤碰伤，包装很好
水果没有损伤
看得人伤心落泪，好书
读完很感伤
运费太贵伤不起
吐槽一下物流，太慢了
大出血价，赶紧囤
这价格老板要出血了
酒店离医院很近，买药方便
在人民医院旁边，位置好找
医院同款，放心
书里讲的是急诊医生的故事吗，很好看
手机玩久了不发烫，散热好
散热不错，不烫手
送来还是热乎的，烫嘴的热乎
熨烫很方便
烫发之后用它很顺滑
客服态度让我很火大
一肚子火，等了五天才到
气炸了，发错三次
心态爆炸，催了也不理
群里都炸锅了，说要涨价
消息爆炸的时代
充电到百分之百很快
每天充电到公司都够用
老板说话跟死人一样没反应
双手空空，赠品没有
买来防夹手的，装上很好用
防滑垫很管用，不会滑倒
儿童安全锁很结实，不夹手
不会漏电，老人用着放心
插头有防触电设计
灭火器收到，质量不错
苹果有指甲盖大的碰伤，还好都是表面
箱子里有几个苹果受伤了
头发洗完很顺滑
一直掉头发，用了这个好多了
玻璃杯很好看
玻璃瓶装的，很重
这本书像一颗炸弹，震撼
孩子很喜欢，天天抱着睡
宝宝爱吃，一顿一碗
毛毛虫面包很好吃
绘本里的小虫子画得很可爱
防蚊效果不错，没被咬
虫草花炖汤很香
这书看得停不下来，有毒吧哈哈
没有异味，没有毛刺
没有漏电现象，质量可以
燃烧脂肪的运动，瑜伽垫很好
作者的文字很有爆发力
晕，竟然降价了
"""

THREAT = """
再不退款我就打12315
已经投诉到工商局了
我会向市场监管局举报你们
等着收律师函吧
法院见
准备起诉你们
我要找媒体曝光
发到抖音让大家看看你们的嘴脸
已在黑猫投诉，等着
消费者协会见
给我等着，315晚会见
不解决就报警
我已经报警了，警察说可以立案
退一赔三，少一分都不行
按食品安全法十倍赔偿
假一赔十，不赔就告你们
走法律程序
我将采取法律手段维护自己的权益
我会全网曝光这家黑店
找记者来采访你们
12345已经打了
已经举报到食药监了
物价局电话我都查好了
打电话给税务局举报偷税
我要告到消委会
我要投诉你们，等着被投诉吧
曝光你们这种黑心商家
拿起法律武器
微博上曝光见
邮政局申诉了，等处理
小红书上见，给大家避雷
已经让律师处理了
網上曝光你們，等著
去旅游局投诉你们酒店
去卫生局告你们
"""

NO_THREAT = """
不至于投诉，就是提个建议
我不会投诉的，希望改进
懒得投诉了，自认倒霉
没必要闹到12315，退了就行
不想曝光你们，给个说法
楼下就是工商银行，取钱方便
键盘有多媒体键，很实用
媒体宣传的那本书，写得不错
这本书讲律师的故事，很精彩
法律专业必读
记者写的书，文笔好
报警器声音很响，质量好
烟雾报警很灵敏
房间号315，安静
花了315元，值
相机曝光准确，拍照好看
曝光度可以调
警匪小说，情节紧张
投诉电话打不通，客服也不理
投诉到客房部才给换了房
客服接到投诉后马上处理了，满意
酒店就在法院旁边，好找
孩子学法律买的
看了媒体推荐买的
再也不来了，差评
气死我了，什么破店
店主态度好，一点小问题主动补偿
低电量会报警，很贴心
零投诉的好店
这是一部关于官司的纪实，值得一读
"""


def lines(block: str) -> list[str]:
    return block.strip().splitlines()


@pytest.mark.parametrize("review", lines(SAFETY))
def test_injury_fire_and_illness_ring(review: str) -> None:
    assert load().analyse_many([(review, None)], fast=True)[0].safety


@pytest.mark.parametrize("review", lines(HARMLESS))
def test_words_that_only_sound_dangerous_do_not_ring(review: str) -> None:
    assert not load().analyse_many([(review, None)], fast=True)[0].safety


@pytest.mark.parametrize("review", lines(THREAT))
def test_authorities_media_and_courts_ring(review: str) -> None:
    assert load().analyse_many([(review, None)], fast=True)[0].threat


@pytest.mark.parametrize("review", lines(NO_THREAT))
def test_words_that_only_sound_like_a_threat_do_not_ring(review: str) -> None:
    assert not load().analyse_many([(review, None)], fast=True)[0].threat


def test_five_stars_do_not_silence_the_bell() -> None:
    assert load().analyse("很好用，就是充电时冒烟了", stars=5).safety


def test_a_mild_sign_rings_only_where_the_review_complains() -> None:
    bell = load_alarms()[Alarm.SAFETY]
    assert bell.rings("边上有毛刺", p_negative=0.9)
    assert not bell.rings("边上有毛刺", p_negative=0.1)


def test_alarm_words_that_cannot_be_used_name_the_file_and_the_key(tmp_path: Path) -> None:
    file = tmp_path / "alarms.yml"
    file.write_text("safety: {harmless: [], signs: ['('], mild: [], denied: []}", encoding="utf-8")
    with pytest.raises(AlarmWordsError, match=r"alarms\.yml.*\n?[\s\S]*signs"):
        load_alarms(file)


def test_alarm_words_need_both_alarms(tmp_path: Path) -> None:
    file = tmp_path / "alarms.yml"
    file.write_text("safety: {harmless: [a], signs: [b], mild: [], denied: [c]}", encoding="utf-8")
    with pytest.raises(AlarmWordsError, match="threat"):
        load_alarms(file)
