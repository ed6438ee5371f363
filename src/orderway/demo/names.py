"""The words the demo company is made of: people, cities, trades. Everything is invented; likeness is chance."""

from __future__ import annotations

PASSWORD = "linear-guides"  # noqa: S105  the demo's published password; `orderway init` alone creates nobody with it

# key, name, roles
PEOPLE = (
    ("wang.fang", "王芳 Wang Fang", ("sales",)),
    ("liu.yang", "刘洋 Liu Yang", ("sales",)),
    ("zhao.min", "赵敏 Zhao Min", ("sales",)),
    ("chen.jie", "陈杰 Chen Jie", ("finance",)),
    ("yang.li", "杨丽 Yang Li", ("finance",)),
    ("huang.lei", "黄磊 Huang Lei", ("sales_manager",)),
    ("zhou.ping", "周平 Zhou Ping", ("planner",)),
    ("wu.jun", "吴军 Wu Jun", ("planner", "production")),
    ("xu.qiang", "徐强 Xu Qiang", ("production",)),
    ("sun.yan", "孙燕 Sun Yan", ("buyer",)),
    ("ma.chao", "马超 Ma Chao", ("buyer",)),
    ("zhu.hong", "朱红 Zhu Hong", ("warehouse",)),
    ("hu.bin", "胡斌 Hu Bin", ("warehouse",)),
    ("guo.tao", "郭涛 Guo Tao", ("warehouse",)),
    ("he.jing", "何静 He Jing", ("logistics",)),
    ("lin.na", "林娜 Lin Na", ("service",)),
    ("luo.wei", "罗伟 Luo Wei", ("general_manager",)),
    ("gao.xin", "高欣 Gao Xin", ("process_owner",)),
)

CITIES = (
    ("苏州", "Suzhou"), ("无锡", "Wuxi"), ("宁波", "Ningbo"), ("杭州", "Hangzhou"), ("昆山", "Kunshan"), ("常州", "Changzhou"),
    ("嘉兴", "Jiaxing"), ("绍兴", "Shaoxing"), ("温州", "Wenzhou"), ("台州", "Taizhou"), ("南通", "Nantong"), ("合肥", "Hefei"),
)  # fmt: skip
FIRMS = (
    ("恒力", "Hengli"), ("精锐", "Jingrui"), ("东方", "Dongfang"), ("华创", "Huachuang"), ("凯达", "Kaida"), ("瑞丰", "Ruifeng"),
    ("天工", "Tiangong"), ("博远", "Boyuan"), ("立新", "Lixin"), ("中科", "Zhongke"), ("明德", "Mingde"), ("金石", "Jinshi"),
)  # fmt: skip
TRADES = (
    ("数控机床", "CNC Machines"), ("自动化设备", "Automation"), ("机器人", "Robotics"), ("激光装备", "Laser Equipment"),
    ("医疗器械", "Medical Devices"), ("半导体设备", "Semiconductor Equipment"), ("包装机械", "Packaging Machinery"),
    ("检测仪器", "Test Instruments"),
)  # fmt: skip
ABROAD = (
    ("Nordhang Maschinenbau GmbH", "DE", "Chemnitz"), ("Brückner & Vogt Automation GmbH", "DE", "Ulm"),
    ("Kitazawa Seiki K.K.", "JP", "Nagoya"),
    ("Hanbit Robotics Co.", "KR", "Daegu"), ("Pellerin Mécanique SAS", "FR", "Lyon"), ("Lakeshore Motion Inc.", "US", "Milwaukee"),
    ("Officine Bertolani S.r.l.", "IT", "Modena"), ("Tan Viet Precision JSC", "VN", "Hai Phong"),
)  # fmt: skip
SUPPLIES = (
    ("轴承钢", "Bearing Steel"), ("钢球", "Steel Balls"), ("密封件", "Seals"), ("注塑件", "Injection Parts"), ("紧固件", "Fasteners"),
    ("润滑脂", "Lubricants"), ("包装", "Packaging"), ("热处理", "Heat Treatment"), ("联轴器", "Couplings"),
)  # fmt: skip
